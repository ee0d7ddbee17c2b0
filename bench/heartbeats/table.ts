// A table for the others of this folder, in a process of its own. Says where it is, and ends with whoever started it.
import { useTable } from '../../test/helpers/table.ts';

const { endpoint } = await useTable();
console.log(endpoint);
process.stdin.resume().on('end', () => process.exit());
