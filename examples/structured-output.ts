// Structured output: a validated, typed object from a zod schema (or a JSON Schema).
import { Agent, LiteLLMModel } from 'litellm-agents-mcp'
import { z } from 'zod'

const BookAnalysis = z
  .object({
    title: z.string().describe("The book's title"),
    author: z.string().describe("The book's author"),
    genre: z.string().describe('Primary genre or category'),
    summary: z.string().describe('Brief summary of the book'),
    rating: z.int().min(1).max(10).describe('Rating from 1-10'),
  })
  .meta({ title: 'BookAnalysis', description: "Analyze a book's key information." })

const model = new LiteLLMModel({
  clientArgs: {
    api_key: process.env.LITELLM_PROXY_API_KEY ?? '<PROXY_KEY>',
    api_base: process.env.LITELLM_PROXY_API_BASE ?? '<PROXY_URL>',
    use_litellm_proxy: true,
  },
  modelId: 'claude',
})

const agent = new Agent({ model })
const { output } = await agent.structuredOutput(
  BookAnalysis,
  `Analyze this book: "The Hitchhiker's Guide to the Galaxy" by Douglas Adams.
  It's a science fiction comedy about Arthur Dent's adventures through space
  after Earth is destroyed. It's widely considered a classic of humorous sci-fi.`,
)

console.log(`Title: ${output.title}`)
console.log(`Author: ${output.author}`)
console.log(`Genre: ${output.genre}`)
console.log(`Rating: ${output.rating}`)
