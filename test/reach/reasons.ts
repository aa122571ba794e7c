import type { Question } from './compare.js'

export interface Reason {
  difference: RegExp
  /** The providers of LiteLLM's price map that it applies to. Default: all. */
  provider?: RegExp
  /** Whether the provider and the model read the same request anyway. */
  form?: true
  /** The difference as docs/routes.md names it. */
  title: string
  why: string
}

/** Why our request is right where it is not LiteLLM's, and why some rows need a LiteLLM Proxy. */
const reasons: readonly Reason[] = [
  {
    difference: /^form: messages\[\]\.content/,
    form: true,
    title: 'text, or a list of text parts',
    why: 'Both forms have the same meaning. LiteLLM and we know different lists of providers that require the text.',
  },
  {
    difference: /^form: other blanks/,
    form: true,
    title: 'blanks in a schema that is sent as text',
    why: 'The schema is the same.',
  },
  {
    difference: /^(header: (http-referer|x-title) |only there: usage = \{"include":true\})/,
    provider: /^openrouter$/,
    form: true,
    title: "OpenRouter's attribution headers and `usage.include`",
    why: "The headers name LiteLLM's website. OpenRouter always reports usage, and documents the field as having no effect.",
  },
  {
    difference: /^only here: stream_options = /,
    form: true,
    title: '`stream_options`',
    why: 'Without it, a stream reports no usage, and the cost would be unknown. LiteLLM leaves it out where its list of parameters does not contain it. Mistral, which refused it, gets none.',
  },
  {
    difference: /^only here: store = false$/,
    form: true,
    title: '`store: false` on the Responses API',
    why: 'Nothing of a conversation stays at the provider. The model reads the same request.',
  },
  {
    difference: /^only here: include = \["reasoning\.encrypted_content"\]$/,
    form: true,
    title: '`include: reasoning.encrypted_content`',
    why: 'With `store: false`, reasoning can be returned to the model only if the answer contains it. The model reads the same request.',
  },
  {
    difference: /^key: api-key .* there, none here$/,
    provider: /^azure_ai$/,
    form: true,
    title: 'the key of Claude on Azure once, as `x-api-key`',
    why: 'LiteLLM sends it in two headers, and Azure reads either.',
  },
  {
    difference: /^key: api-subscription-key none there/,
    provider: /^sarvam$/,
    form: true,
    title: "Sarvam's key also as `api-subscription-key`",
    why: 'Sarvam documents this header. The bearer token, which LiteLLM sends, is sent too.',
  },
  {
    difference: /^only (there: max_tokens|here: max_completion_tokens) = /,
    provider: /^openai$/,
    form: true,
    title: '`max_completion_tokens` for `gpt-5-chat`',
    why: 'OpenAI takes it for every chat model, and `max_tokens` is deprecated.',
  },
  {
    difference: /^only here: tools\[\]\.type = "custom"$/,
    provider: /^snowflake$/,
    form: true,
    title: '`type: custom` of tools in the Messages API',
    why: 'It is the default of the field.',
  },
  {
    difference: /^only here: tool_choice = "auto"$/,
    form: true,
    title: '`tool_choice: auto`',
    why: 'It is the default of the field. LiteLLM leaves it out where its list of parameters does not contain it.',
  },
  {
    difference: /^only here: stream = true$/,
    form: true,
    title: 'a stream where LiteLLM asks for the whole answer',
    why: 'The providers stream these models. LiteLLM cuts the whole answer into pieces itself: no progress, and no partial usage after a cancellation.',
  },
  {
    difference: /^path: whole there, streamed here$/,
    provider: /^bedrock/,
    form: true,
    title: 'Converse as a stream',
    why: 'Bedrock streams these models too. LiteLLM asks for the whole answer and cuts it into pieces.',
  },
  {
    difference: /^refused there, sent here: /,
    title: 'a parameter that LiteLLM refuses unless `drop_params` is set',
    why: "LiteLLM's lists of parameters lag behind the providers. A provider that refuses a parameter says so, and the error names it.",
  },
  {
    difference: /^messages\[\]\.role: "user" there, "system" here$/,
    provider: /^(azure|openai)$/,
    title: 'the system prompt of o1, o3 and o4-mini',
    why: 'OpenAI takes system messages for them as developer messages, which weigh more than user messages. `o1-mini` and `o1-preview` take none, and get a user message as from LiteLLM.',
  },
  {
    difference: /^wire: generateContent there, chat completions here$/,
    title: "Gemini over Google's OpenAI-compatible API",
    why: 'The same model with another format.',
  },
  {
    difference: /^wire: Bedrock Invoke there, Converse here$/,
    title: 'Bedrock over Converse',
    why: 'Converse serves every chat model of Bedrock in one format, with tools and cache points. LiteLLM knows some models only over Invoke, each in its own format.',
  },
  {
    difference: /^wire: Ollama there, chat completions here$/,
    title: 'Ollama over its OpenAI-compatible API',
    why: "It has tools, images and schemas as Ollama's own API has.",
  },
  {
    difference: /^wire: Cohere there, chat completions here$/,
    title: 'Cohere over its OpenAI-compatible API',
    why: "It has tools and schemas as Cohere's own API has.",
  },
  {
    difference: /^wire: chat completions there, Responses here$/,
    provider: /^azure_ai$/,
    title: 'Codex and pro models on Azure AI Foundry over the Responses API',
    why: 'Their mode in the price map is `responses`. They have no chat completions.',
  },
  {
    difference:
      /^(header: anthropic-beta structured-outputs|only (there: output_format|here: output_config) = )/,
    provider: /^(anthropic|azure_ai)$/,
    title: 'schemas of Claude as `output_config.format`',
    why: "Anthropic's current field. LiteLLM sends the field of the beta with its header.",
  },
  {
    difference: /^only there: (tools = \[…\]|tool_choice = \{"name":"json_tool_call")/,
    provider: /^anthropic$/,
    title: 'schemas of a Claude that is newer than the price map',
    why: 'They take `output_config.format`, as the models before them. LiteLLM forces a tool.',
  },
  {
    difference: /^refused: unsupportedParams$/,
    title: '`response_format` on Claude models that take no schema',
    why: "`outputSchema` works with them, by a forced tool. LiteLLM's library makes such a tool from `response_format`.",
  },
  {
    difference: /^only there: toolConfig = /,
    provider: /^bedrock/,
    title: '`response_format` on Bedrock models that take no schema',
    why: '`outputSchema` works with them, by a forced tool. `response_format` is left out with a notice.',
  },
  {
    difference:
      /^only (there: additionalModelRe(quest|sponse)|here: additionalModelRequestFields\.reasoningConfig)/,
    provider: /^bedrock/,
    title: '`reasoning_effort` on Bedrock',
    why: "Nova 2 takes `reasoningConfig`. The others are sent Claude's `thinking` by LiteLLM, which only Claude takes; here the effort is left out with a notice.",
  },
  {
    difference:
      /^(only (here: reasoning_effort = "low"|there: thinking = )|messages\[\]\.content: "…" there)/,
    provider: /^(deepseek|mistral|llamagate|tencent|crusoe|sarvam)$/,
    title: '`reasoning_effort` where LiteLLM leaves it out or replaces it',
    why: 'The providers take it. DeepSeek gets the switch `thinking` as from LiteLLM, and the effort too. Magistral gets the effort, and no text of LiteLLM in its system prompt.',
  },
  {
    difference: /^reasoning_effort: "high" there, "low" here$/,
    provider: /^together_ai$/,
    title: 'the effort that was asked for',
    why: 'LiteLLM replaces `low` by `high` for DeepSeek V4 on Together. The provider maps efforts itself.',
  },
  {
    difference: /^only here: reasoning = \{"effort":"low"\}$/,
    title: '`reasoning_effort: low` on `gpt-5.5-pro`',
    why: 'LiteLLM refuses it unless `drop_params` is set. OpenAI decides which efforts a model has.',
  },
  {
    difference:
      /^(thinking\.type|only there: thinking\.budget|only here: (thinking|output_config))/,
    provider: /^(databricks|snowflake)$/,
    title: 'the thinking of Claude on Databricks and Snowflake',
    why: 'Claude 4.6 and later decides itself how long it thinks, and takes an effort. LiteLLM sends a budget, or nothing.',
  },
  {
    difference: /^(host|path|query|key|model name)/,
    provider: /^azure$/,
    title: 'models of other makers under `azure/`',
    why: "LiteLLM sends them to api.openai.com with OpenAI's key. Here `azure/` is Azure.",
  },
  {
    difference: /^messages\[\]\.content: "What .* there, \[…\] here$/,
    provider: /^sambanova$/,
    title: 'images to SambaNova',
    why: 'LiteLLM drops the image. Here it is sent.',
  },
  {
    difference: /^only here: tools = \[…\]$/,
    provider: /^together_ai$/,
    title: 'tools that LiteLLM leaves out',
    why: 'The map says that the model has no tools. The provider decides.',
  },
  {
    difference: /^no request there: /,
    title: 'rows that LiteLLM cannot call',
    why: 'LiteLLM fails before the request. Converse serves the models of Bedrock among them; `ft:o4-mini` is OpenAI’s.',
  },
  {
    difference: /^refused: modelNotFound$/,
    title: 'NLP Cloud and older completions',
    why: 'The id names no provider, or the model has only an API that is not spoken here.',
  },
  {
    difference: /^key: x-api-key \{\{KEY:VERTEX_ACCESS_TOKEN\}\} there, none here$/,
    title: 'the access token as `x-api-key`',
    why: 'LiteLLM sends the token in a second header, which Vertex AI does not read.',
    form: true,
  },
  {
    difference: /^(path|host: .*aiplatform.* there, .*)$/,
    provider: /^vertex_ai/,
    title: "places and addresses of other makers' models on Vertex AI",
    why: 'The region that is set is kept, because it decides where data is processed; LiteLLM replaces it. The folder of Mistral is written once.',
  },
  {
    difference: /^model name$/,
    provider: /^vertex_ai-mistral/,
    title: "names of Mistral's models on Vertex AI",
    why: 'The name of the maker is part of the address only.',
  },
  {
    difference:
      /^only (there: generationConfig\.response_schema|here: generationConfig\.response_json_schema) = /,
    title: 'a schema in JSON Schema for every Gemini',
    why: "LiteLLM goes by the model's name, and takes the latest models for old ones.",
  },
  {
    difference: /^only (here|there): (tools|tool_choice|output_format|output_config) = /,
    provider: /^(azure_ai|snowflake|vertex_ai)/,
    title: 'a schema for Claude on Azure, Snowflake and Vertex AI',
    why: 'The answer comes as the arguments of a tool, which every Claude can do. LiteLLM sends the form of a beta there, or leaves the schema out.',
  },
  {
    difference: /^proxy: /,
    provider: /^(replicate|watsonx|oci|sagemaker|gigachat)$/,
    title: 'Replicate, watsonx, OCI, SageMaker, GigaChat',
    why: "Each has an API or a login of its own: predictions that are polled, IBM's and Sber's access tokens, requests signed with a key of Oracle, endpoints with a format for each model.",
  },
  {
    difference: /^proxy: /,
    provider: /^(github_copilot|chatgpt)$/,
    title: 'GitHub Copilot, ChatGPT',
    why: 'They are subscriptions of a person, who logs in with a browser.',
  },
]

/** Returns the stated reason of a difference; `undefined` if there is none. */
export function reasonFor(
  difference: string,
  { provider }: Pick<Question, 'provider'>,
): Reason | undefined {
  return reasons.find(
    (one) => one.difference.test(difference) && (one.provider?.test(provider ?? 'unknown') ?? true),
  )
}
