/** What is compared. `placed`: that there is a route at all; `called`: that a request is made. */
export type Compared =
  | 'placed'
  | 'called'
  | 'provider'
  | 'model'
  | 'base'
  | 'key'
  | 'url'
  | 'sentModel'

export interface Difference {
  model: RegExp
  /** Only where this variable is set. */
  variable?: string
  differs: readonly Compared[]
  why: string
}

/** Where our routes are not LiteLLM's, and why. */
export const differences: readonly Difference[] = [
  {
    model: /^ollama(_chat)?\//,
    differs: ['base', 'url'],
    why: 'Ollama’s own wire there, its OpenAI-compatible one under /v1 here.',
  },
  {
    model: /^(cohere(_chat)?\/|command-)/,
    differs: ['provider', 'url'],
    why: 'Cohere’s own wire there, its OpenAI-compatible one here; models it knows become cohere_chat.',
  },
  {
    model: /^gradient_ai\//,
    differs: ['base', 'called'],
    why: 'LiteLLM adds /v1 later, and refuses max_retries, which every call of its client has.',
  },
  {
    model: /^heroku\//,
    differs: ['url'],
    why: 'LiteLLM adds /v1 to an address that ends in it already.',
  },
  {
    model: /^ai21\//,
    differs: ['provider'],
    why: 'LiteLLM renames it ai21_chat; the place is the same.',
  },
  {
    model: /^bedrock\/(converse\/|eu-central-1\/)/,
    differs: ['model'],
    why: 'LiteLLM takes the route and the region out of the name later; the request is the same.',
  },
  {
    model: /^(ca\.)?anthropic\.claude-|^ca\.anthropic/,
    differs: ['url'],
    why: 'LiteLLM uses Converse for names it knows and Invoke for others; here it is always Converse.',
  },
  {
    model: /^amazon\.titan-text/,
    differs: ['url'],
    why: 'Invoke there, Converse here, which serves the same models.',
  },
  {
    model: /^lm_studio\//,
    variable: 'LM_STUDIO_API_KEY',
    differs: ['url'],
    why: 'Without an address LiteLLM sends the key to api.openai.com; here it is LM Studio’s usual one.',
  },
  {
    model: /^baseten\//,
    variable: 'BASETEN_API_BASE',
    differs: ['base', 'url'],
    why: 'LiteLLM has the variable in its code and never comes to read it.',
  },
  {
    model: /^(custom_openai|openai_like)\//,
    differs: ['called'],
    why: 'LiteLLM knows OPENAI_LIKE_* for embeddings only; here they are one’s own server’s, which is not given OpenAI’s key.',
  },
  {
    model: /^huggingface\//,
    differs: ['called'],
    why: 'LiteLLM first asks the hub who serves the model; here the router of Hugging Face decides.',
  },
  {
    model: /^(gpt-5-codex|codex-mini-latest)$/,
    differs: ['url'],
    why: 'The Responses API there for models that have no other; the model data says which these are.',
  },
  {
    model: /^(gpt-9-from-the-future|o9-mini|ft:o4-mini-2025-04-16)$/,
    differs: ['placed'],
    why: 'LiteLLM refuses OpenAI names it does not know yet.',
  },
  {
    model: /^claude-(2|my-alias|3-5-sonnet-latest)$/,
    differs: ['placed'],
    why: 'Every bare claude-* is Anthropic’s here (DESIGN §4); LiteLLM refuses those it does not know.',
  },
  {
    model: /^amazon\.nova-9-future-v1:0$/,
    differs: ['placed'],
    why: 'LiteLLM refuses Amazon’s names that it does not know yet.',
  },
  {
    model: /^claude-sonnet-4-5-20250929-v1:0$/,
    differs: ['provider'],
    why: 'A slip of LiteLLM’s map, which has this name as Bedrock’s.',
  },
  {
    model: /^(gpt-3\.5-turbo-instruct(-0914)?|davinci-002|babbage-002|ft:(davinci|babbage)-002)$/,
    differs: ['placed'],
    why: 'OpenAI’s older completions wire, which is not spoken here.',
  },
  {
    model: /^(command$|j2-)/,
    differs: ['placed'],
    why: 'The older completions of Cohere and AI21, which are not spoken here.',
  },
  {
    model: /^fireworks_ai\/m-x$/,
    differs: ['model'],
    why: 'LiteLLM completes the name later; the request is the same.',
  },
  {
    model: /^text-embedding-/,
    differs: ['placed'],
    why: 'An agent cannot talk to an embedding model.',
  },
  {
    model: /^(vertex_ai\/|gemini-)/,
    differs: ['placed'],
    why: 'LiteLLM asks for the project in the call. Here, its absence is an error at once.',
  },
  {
    model: /^gemini\//,
    variable: 'GEMINI_API_BASE',
    differs: ['url'],
    why: 'A base URL that ends in /v1 is a server with OpenAI’s API.',
  },
  {
    model: /^(watsonx\/|sagemaker\/|replicate\/)/,
    differs: ['placed'],
    why: 'These need a LiteLLM Proxy, and the error says so.',
  },
  {
    model: /^azure\/mistral-large-latest$/,
    differs: ['provider', 'model', 'url', 'key', 'sentModel'],
    why: 'LiteLLM sends it to api.openai.com with OpenAI’s key; here azure/ is Azure.',
  },
  {
    model: /^azure_ai\/gpt-/,
    differs: ['provider'],
    why: 'LiteLLM renames it azure where it is no Foundry address; the place is the same.',
  },
  {
    model: /^azure_ai\//,
    differs: ['base'],
    why: 'LiteLLM adds the path later; the request is the same.',
  },
]
