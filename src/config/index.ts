export { CONFIG_NAME, loadConfig, parseConfig, type ServerSetting, type TuttiConfig } from './config.ts';
export { ConfigError } from './errors.ts';
export { unknownMessage } from './suggest.ts';
