/** A parameter of the stage, which the packaging tool fills in. */
export const param = (name: string): string => `\${param:${name}}`;

/** A value of `custom` in serverless.yml. */
export const custom = (name: string): string => `\${self:custom.${name}}`;
