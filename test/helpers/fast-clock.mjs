// Loaded into the program before it starts: waits of ten seconds and more take a twentieth of that, so
// that which of them ends first can be seen within a test.
const { setTimeout } = globalThis
globalThis.setTimeout = Object.assign(
  (callback, ms, ...rest) => setTimeout(callback, ms >= 10_000 ? ms / 20 : ms, ...rest),
  setTimeout,
)
