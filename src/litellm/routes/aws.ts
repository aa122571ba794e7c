/** What LiteLLM's arguments and variables say of AWS; what they leave out is AWS's own chain's. */
export interface AwsAccess {
  readonly region: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly profile?: string
}
