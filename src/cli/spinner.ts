const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 80
const eraseLine = '\r\x1b[2K'

/** A line that moves while there is no other output. */
export class Spinner {
  private timer: NodeJS.Timeout | undefined
  private frame = 0
  private doing = ''

  constructor(
    private readonly write: (text: string) => void,
    private readonly able: boolean,
  ) {}

  show(doing: string): void {
    this.doing = doing
    if (!this.able) return
    this.timer ??= setInterval(this.draw, frameMs)
  }

  /** Erases the line. Must be called before other output. */
  hide(): void {
    if (this.timer === undefined) return
    clearInterval(this.timer)
    this.timer = undefined
    this.write(eraseLine)
  }

  private readonly draw = (): void => {
    this.frame = (this.frame + 1) % frames.length
    this.write(`${eraseLine}${frames[this.frame]} ${this.doing}`)
  }
}
