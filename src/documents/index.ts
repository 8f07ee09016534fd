export { type DocumentMetadata, type DocumentRecord, DocumentStore, type NewDocument } from './store.ts';
