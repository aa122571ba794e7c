// Loaded before the program: a library that prints whatever it feels like, once the server is up.
process.once('exit', () => {
  // biome-ignore lint/suspicious/noConsole: this is what must not reach stdout
  console.log('a word from a library')
})
