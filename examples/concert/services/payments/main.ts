import { runService } from '../../lib/service.ts';
import { paymentsService } from './service.ts';
import { readPaymentsSettings } from './settings.ts';

await runService(paymentsService, readPaymentsSettings);
