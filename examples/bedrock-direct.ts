// Straight at Amazon Bedrock: system prompt caching and structured output. Needs the package
// @aws-sdk/client-bedrock-runtime; region and credentials are found as AWS's own tools find them.
import { Agent, LiteLLMModel, type SystemContentBlock } from 'litellm-agents-mcp'
import { z } from 'zod'

// The Strands page has us.anthropic.claude-3-7-sonnet-20250219-v1:0 here, which is retired.
const model = new LiteLLMModel({
  modelId: 'bedrock/us.anthropic.claude-sonnet-4-6',
})

const systemContent: SystemContentBlock[] = [
  {
    text:
      'You are a helpful assistant that provides concise answers. ' +
      'This is a long system prompt with detailed instructions...'.repeat(1000),
  },
  { cachePoint: { type: 'default' } },
]
const agent = new Agent({ model, systemPrompt: systemContent })

// The first call writes the cache.
const response1 = await agent.invoke('Tell me about Python')
console.log('Cache write tokens:', response1.metrics.accumulatedUsage?.cacheWriteInputTokens)
console.log('Cache read tokens:', response1.metrics.accumulatedUsage?.cacheReadInputTokens)

// The second call reads it.
const response2 = await agent.invoke('Tell me about JavaScript')
console.log('Cache write tokens:', response2.metrics.accumulatedUsage?.cacheWriteInputTokens)
console.log('Cache read tokens:', response2.metrics.accumulatedUsage?.cacheReadInputTokens)

const BookAnalysis = z
  .object({
    title: z.string().describe("The book's title"),
    author: z.string().describe("The book's author"),
    genre: z.string().describe('Primary genre or category'),
    summary: z.string().describe('Brief summary of the book'),
    rating: z.int().min(1).max(10).describe('Rating from 1-10'),
  })
  .meta({ title: 'BookAnalysis', description: "Analyze a book's key information." })

const { output } = await new Agent({ model }).structuredOutput(
  BookAnalysis,
  `Analyze this book: "The Hitchhiker's Guide to the Galaxy" by Douglas Adams.
  It's a science fiction comedy about Arthur Dent's adventures through space
  after Earth is destroyed. It's widely considered a classic of humorous sci-fi.`,
)

console.log(`Title: ${output.title}`)
console.log(`Author: ${output.author}`)
console.log(`Genre: ${output.genre}`)
console.log(`Rating: ${output.rating}`)
