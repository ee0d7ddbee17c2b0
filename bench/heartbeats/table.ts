// A table for the others of this folder, in a process of its own. Reports its address, and ends with the process that
// started it.
import { createServer } from 'node:http';
import { useTable } from '../../test/helpers/table.ts';
import type { TablePlace } from './table-place.ts';

const { endpoint } = await useTable();
// Asked now and then: a connection that waits would be closed when the next question comes.
const usage = createServer((_request, response) =>
  response.setHeader('connection', 'close').end(JSON.stringify(process.cpuUsage())),
);
await new Promise<void>((resolve) => usage.listen(0, '127.0.0.1', resolve));
const address = usage.address();
if (address === null || typeof address === 'string') throw new Error('no address');
const place: TablePlace = { endpoint, usage: `http://127.0.0.1:${address.port}` };
console.log(JSON.stringify(place));
process.stdin.resume().on('end', () => process.exit());
