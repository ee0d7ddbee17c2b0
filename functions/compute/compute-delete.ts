import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { deleteAmphoraServer } from '../../lib/steps/delete-server.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Deletes the amphora's server, found by its id or by its name; gone is a success. */
export const handler = task({
  name: 'ComputeDelete',
  input: amphoraInput,
  drivers: computeDriver,
  run: ({ amphora_id }, { flow }, drivers) => deleteAmphoraServer(drivers)(amphora_id, flow),
});
