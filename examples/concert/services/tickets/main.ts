import { runService } from '../../lib/service.ts';
import { ticketsService } from './service.ts';
import { readTicketsSettings } from './settings.ts';

await runService(ticketsService, readTicketsSettings);
