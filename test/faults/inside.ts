/** To be imported first by a process that runs cases: what comes later sees what it has set up. */
import { watchRequests } from './probe.ts';

process.env.LOG_LEVEL = 'SILENT';
watchRequests();
