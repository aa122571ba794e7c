const name = 'litellm-agents-mcp'

/** What a wrong command line is shown. */
export const usage = `Usage: ${name} [command] [options]

Commands
  (none)   serve MCP over stdin and stdout, as MCP clients start it
  http     serve MCP over HTTP at /mcp
  run      run an agent and print its answer
  models   list models with context size, prices and abilities
  doctor   check this machine, the configuration and the keys
  init     write a configuration file and put the server into MCP clients

${name} --help tells more, ${name} <command> --help all of one.
`

/** Of the whole program. */
export const help = `${usage}
Options of the servers
  --config FILE   configuration file (YAML or JSON)
  --host HOST     http: address to listen on (127.0.0.1)
  --port PORT     http: port to listen on (3333; 0: any free one)
  --no-auth       http: no bearer token; only on a loopback address
  --version       print the version
  --help          print this help

Examples
  ${name} init --client claude-desktop --client vscode
  ${name} doctor
  ${name} run "What is 17 * 23?" --model offline/demo --tool calculator
  git diff | ${name} run "Review this change:" - --model anthropic/claude-sonnet-4-6
  ${name} http --port 8080

Configuration
  --config FILE, else LITELLM_AGENTS_CONFIG, else agents.yaml in your configuration folder:
  ~/.config/litellm-agents-mcp on Linux, ~/Library/Application Support/litellm-agents-mcp on
  macOS, %APPDATA%\\litellm-agents-mcp on Windows. Never the working directory. Keys come from the
  environment, by LiteLLM's names: OPENAI_API_KEY, ANTHROPIC_API_KEY, LITELLM_PROXY_API_BASE and
  LITELLM_PROXY_API_KEY, …

Exit codes
  0  all went well    1  a fault, or a problem that doctor found    2  a wrong command line
  3 to 18 and 130  how a run failed: ${name} run --help
`

export const runHelp = `Usage: ${name} run PROMPT… [options]

Runs an agent and prints its answer as it comes. Tool calls, usage and cost go to stderr.

Prompt
  Words are taken as they are, - is stdin, @FILE is a text file (@@ begins a word with @); several
  are put together, each a paragraph. Without any, stdin is read if it is no terminal.

Options
  --agent NAME       an agent of the configuration file
  --model ID         the model, in place of the agent's or the default one
  --system TEXT      the system prompt; @FILE reads it from a file
  --tool NAME        a tool it may use: calculator, current_time, server/tool, server/*; repeatable
  --image FILE       a picture to go with the prompt; repeatable
  --file FILE        a document, audio or text file to go with the prompt; repeatable
  --schema JSON      end in an object that fits this JSON Schema; a file name, or the schema itself
  --session ID       go on with the conversation of that name, or begin it; kept in files
  --param NAME=VALUE a parameter of the model by LiteLLM's name: temperature=0.2; repeatable
  --max-cost USD     stop before it costs more
  --max-cycles N     at most so many model calls (20)
  --timeout SECONDS  stop after so long (600)
  --yes              allow the tool calls that the agent has approval for; else you are asked
  --json             print the result as one JSON object, as the tool run_agent gives it
  --quiet            nothing on stderr but errors
  --dry-run          tell where the call would go, its input tokens (estimated) and the most it can
                     cost, without a model call
  --config FILE      configuration file

Ctrl-C stops the run and tells what it has cost; a second one ends the program at once.

At the shell you are the operator: the file's allow.modelIds, params and tools are for callers of
the server, and do not bind you. Its limits on cost do.

Examples
  ${name} run "What is 17 * 23?" --model offline/demo --tool calculator
  git diff | ${name} run "Review this change:" - --agent reviewer
  ${name} run @question.md --image chart.png --max-cost 0.05
  ${name} run "Extract the invoice" --file invoice.pdf --schema invoice.schema.json --json
  ${name} run "And in French?" --session letter

Exit codes
`

export const modelsHelp = `Usage: ${name} models [FILTER] [options]

Lists the models that the configuration names and those that the LiteLLM Proxy serves. Prices are
USD for a million tokens; a dash is unknown. FILTER keeps the ids that hold it (* stands for any text).

Options
  --provider NAME   only this provider, such as anthropic
  --all             also every model of LiteLLM's price map
  --json            print a JSON list, with prices for one token
  --config FILE     configuration file

Examples
  ${name} models
  ${name} models 'claude*' --all
`

export const doctorHelp = `Usage: ${name} doctor [options]

Checks Node, the configuration, where the named models lead, keys (by name, never their values), the
LiteLLM Proxy, MCP servers, the sessions folder and PostgreSQL. Makes no model call.

Options
  --explain ID    only tell where this model id leads, and with what
  --call          also ask the default model for one token, which costs a little
  --json          print the checks as JSON
  --config FILE   configuration file

Exit code 1: there are problems. Each is told with how to mend it.
`

export const initHelp = `Usage: ${name} init [options]

Writes agents.yaml into your configuration folder, if there is none, and puts the server into the
configuration of MCP clients. What stands in their files stays; each is saved beside itself first.
At a terminal it asks for what is not given.

Options
  --client NAME   a client to put the server into; repeatable: %CLIENTS%
  --model ID      the default model
  --yes           ask nothing; without --client: every client that is found
  --dry-run       show what would change, and change nothing
  --config FILE   write this file in place of agents.yaml in your configuration folder

Keys are never written: a file that needs one refers to the environment variable.

Examples
  ${name} init
  ${name} init --client claude-desktop --client vscode --model anthropic/claude-sonnet-4-6
  ${name} init --client codex --dry-run
`
