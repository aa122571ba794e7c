/** Stands for an image that another model made, where a model's own turn can hold none. */
export const madeImageText = '[image]'
