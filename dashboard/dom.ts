type Child = Node | string | undefined | false
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Creates an element. Text is inserted as text, and never parsed as HTML. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  return fill(document.createElement(name), attributes, children)
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

/** Returns a text whose lines can break after each slash, as in a model id. */
export function breakable(text: string): HTMLElement {
  const [first, ...rest] = text.split(/(?<=\/)/)
  return h('span', {}, first, ...rest.flatMap((part) => [h('wbr'), part]))
}

/** Returns the element of the page's HTML with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`There is no ${id}.`)
  return found
}

/**
 * Replaces the content of an element and restores the focus. Elements that can be focused have ids.
 */
export function show(place: HTMLElement, ...children: readonly Child[]): void {
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined
  const scrolled = place.querySelector('.scroll')?.scrollLeft ?? 0
  place.replaceChildren(...present(children))
  if (focused) document.getElementById(focused)?.focus()
  const scroll = place.querySelector('.scroll')
  if (scroll) scroll.scrollLeft = scrolled
}

function fill<Made extends Element>(
  made: Made,
  attributes: Attributes,
  children: readonly Child[],
): Made {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : String(value))
  made.append(...present(children))
  return made
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false)
}
