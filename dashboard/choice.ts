import { h } from './dom.js'

/** Adds radio buttons to a fieldset, one for each option. */
export function choice<Value extends string>(
  fieldset: HTMLElement,
  options: readonly (readonly [Value, string])[],
  chosen: Value,
  onChoose: (value: Value) => void,
): void {
  for (const input of fieldset.querySelectorAll('label')) input.remove()
  for (const [value, text] of options) {
    const id = `${fieldset.id}-${value}`
    const input = h('input', {
      type: 'radio',
      name: fieldset.id,
      id,
      value,
      checked: value === chosen,
    })
    input.addEventListener('change', () => onChoose(value))
    fieldset.append(h('label', { for: id }, input, h('span', {}, text)))
  }
}
