import { importFormats } from '../import/imported-agent.js'
import type { HelpTopic } from './command-line.js'
import { exitCodesText } from './exit-codes.js'
import { clients } from './init/clients.js'

const name = 'litellm-agents-mcp'

/** The first part of the help, also shown after a usage error. */
export const usage = `Usage: ${name} [command] [options]

Commands
  (none)           serve MCP over stdin and stdout, as MCP clients start it
  http             serve MCP over HTTP at /mcp
  run              run an agent and print its answer
  agents           list the agents and their sources, or export one
  models           list models with context size, prices and features
  doctor           check this machine, the configuration and the keys
  init             write a configuration file and add the server to MCP clients
  help [COMMAND]   explain a command
  version          print the version

Run ${name} help COMMAND for the options of one command.
`

const overview = `${usage}
Options
  --config FILE   configuration file (YAML or JSON)
  -v, --version   print the version
  -h, --help      print this help

Examples
  ${name} init --client claude-desktop --client vscode
  ${name} doctor
  ${name} run "What is 17 * 23?" -m offline/demo -t calculator
  git diff | ${name} run "Review this change" -m anthropic/claude-sonnet-4-6
  ${name} http --port 8080

Configuration
  The file is the one that --config names, else LITELLM_AGENTS_CONFIG, else agents.yaml in your
  configuration folder: ~/.config/litellm-agents-mcp on Linux,
  ~/Library/Application Support/litellm-agents-mcp on macOS, %APPDATA%\\litellm-agents-mcp on Windows.
  A file in the working directory is not read. Keys come from the environment, under LiteLLM's names:
  OPENAI_API_KEY, ANTHROPIC_API_KEY, LITELLM_PROXY_API_BASE and LITELLM_PROXY_API_KEY, …

Exit codes
  0  success    1  internal error, or doctor found a problem    2  usage error
  3 to 18 and 130  one for each kind of failure: ${name} help run
`

const http = `Usage: ${name} http [options]

Serves MCP over Streamable HTTP at /mcp, with a dashboard at / and health checks at /healthz and
/readyz. On a loopback address it prints a bearer token, unless the configuration sets tokens. On any
other address it starts only with authentication.

Options
  --host HOST     address to listen on (127.0.0.1)
  --port PORT     port to listen on (3333); 0 takes any free port
  --no-auth       accept requests without a token; only on a loopback address
  --config FILE   configuration file
  -h, --help      print this help

The environment variable LITELLM_AGENTS_AUTH_TOKEN sets the token.

Examples
  ${name} http
  ${name} http --host 0.0.0.0 --port 8080 --config agents.yaml
`

const run = () => `Usage: ${name} run PROMPT… [options]

Runs an agent and prints its answer as it arrives. Tool calls, usage and cost go to stderr.

Prompt
  Each argument is a paragraph. @FILE is the content of a text file; @@ begins a word with @. Piped
  input follows the prompt, or replaces the argument -.

Options
  -m, --model ID         the model; overrides the agent's and the default one
  -s, --system TEXT      the system prompt; @FILE reads it from a file
  -t, --tool NAME        a tool for the model: calculator, current_time, server/tool, server/*; repeatable
  -c, --continue         continue the last conversation, with its agent, model and tools
  --agent NAME           an agent of the configuration file
  --session ID           continue the conversation of this name, or start it
  --image FILE           an image to send with the prompt; repeatable
  --file FILE            a document, audio or text file to send with the prompt; repeatable
  --schema JSON          return an object that is valid against this JSON Schema: a file, or the schema
  --param NAME=VALUE     a model parameter under LiteLLM's name: temperature=0.2; repeatable
  --max-cost USD         stop before the run costs more
  --max-cycles N         make at most N model calls (20)
  --timeout SECONDS      stop after this time (600)
  --yes                  allow all tool calls that need approval, instead of asking
  --json                 print the result as one JSON object, as the tool run_agent returns it
  --quiet                print nothing but the answer, and errors
  --dry-run              print the route, the input tokens (estimated) and the maximum cost, without a
                         model call; needs no key
  --config FILE          configuration file
  -h, --help             print this help

Ctrl-C stops the run and prints what it cost. A second Ctrl-C ends the program at once.

allow.modelIds, allow.params and allow.tools of the configuration file do not apply to this command: they
limit callers of the server, and you are its operator. The limits on cost do apply.

Examples
  ${name} run "What is 17 * 23?" -m offline/demo -t calculator
  git diff | ${name} run "Review this change" --agent reviewer
  ${name} run @question.md --image chart.png --max-cost 0.05
  ${name} run "Extract the invoice" --file invoice.pdf --schema invoice.schema.json --json
  ${name} run -c "And in French?"

Exit codes
${exitCodesText()}`

const agents = `Usage: ${name} agents [options]
       ${name} agents export NAME --format FORMAT

Lists the agents of the configuration file and of its imports, and where each comes from. export prints
one as a file of another program, and says what that program cannot express.

Options
  --format NAME   ${importFormats.slice(0, 4).join(', ')},
                  ${importFormats.slice(4).join(', ')}
  --json          print a JSON list
  --config FILE   configuration file
  -h, --help      print this help

Examples
  ${name} agents
  ${name} agents export reviewer --format claude-code > reviewer.md
`

const models = `Usage: ${name} models [FILTER] [options]

Lists the models that you can use: those of the configuration, those that the LiteLLM Proxy serves, and
those of the providers whose keys are set. Prices are in USD per million tokens; a dash is unknown. FILTER
keeps the ids that contain it (* matches any text).

Options
  --provider NAME   only this provider, such as anthropic
  --all             every model of LiteLLM's price map, also without a key
  --update          fetch LiteLLM's current price map from LITELLM_MODEL_COST_MAP_URL, or from LiteLLM's
                    repository on GitHub, and use it from now on
  --json            print a JSON list, with prices per token
  --config FILE     configuration file
  -h, --help        print this help

Examples
  ${name} models
  ${name} models 'claude*' --all
  ${name} models --update
`

const doctor = `Usage: ${name} doctor [options]

Checks Node, the configuration, the routes of the configured models, keys (by name, never their values),
the age of the model data, the LiteLLM Proxy, MCP servers, the sessions folder and PostgreSQL. Makes no
model call.

Options
  --explain ID    print only the route of this model id: its URL, key and wire format
  --call          also ask the default model for one token, which costs a little
  --json          print the checks as JSON
  --config FILE   configuration file
  -h, --help      print this help

Exits with 1 if there are problems. Each problem is printed with its fix.
`

const init = () => `Usage: ${name} init [options]

Writes agents.yaml into your configuration folder, unless it exists, and adds the server to the
configuration of MCP clients. The rest of their files stays unchanged, and each file is backed up first.
At a terminal, init asks for what the options do not say.

Options
  --client NAME   a client to add the server to; repeatable:
                  ${clients.map(({ name }) => name).join(', ')}
  --model ID      the default model
  --import        also import the agents of Claude Code, Codex, opencode and Gemini CLI
                  that are in your home folder, after showing what they become
  --yes           ask nothing; without --client, add the server to every client that is found
  --dry-run       print the changes without making them
  --config FILE   write this file instead of agents.yaml in your configuration folder
  -h, --help      print this help

Keys are never written: a file that needs one refers to the environment variable.

Examples
  ${name} init
  ${name} init --client claude-desktop --client vscode --model anthropic/claude-sonnet-4-6
  ${name} init --client codex --dry-run
  ${name} init --import
`

const texts: Readonly<Record<HelpTopic, () => string>> = {
  http: () => http,
  run,
  agents: () => agents,
  models: () => models,
  doctor: () => doctor,
  init,
}

/** Returns the help of a command; `undefined` means the whole program. */
export function helpText(topic: HelpTopic | undefined): string {
  return topic === undefined ? overview : texts[topic]()
}
