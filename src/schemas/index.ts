export { SchemaError } from './errors.ts';
export { type Breach, DataValidator, type SchemaSettings } from './validator.ts';
