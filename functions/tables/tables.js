// What serverless.yml takes from the tables of this folder: the packaging tool reads JavaScript, and no TypeScript.
export { alarms } from './write-alarms.ts';
export { functions } from './write-functions.ts';
export { roles } from './write-roles.ts';
