/** The part of js-yaml that reads. */
declare module 'js-yaml' {
  export interface Schema {
    readonly name?: string;
  }
  /** YAML 1.2: text, numbers, booleans and null, and no dates. */
  export const CORE_SCHEMA: Schema;
  /** @throws YAMLException, whose words quote the text */
  export function load(text: string, options: { readonly schema: Schema }): unknown;
}
