import { runService } from '../lib/service.ts';
import { readWebsiteSettings } from './settings.ts';
import { website } from './website.ts';

await runService(website, readWebsiteSettings);
