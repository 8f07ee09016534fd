export {
  type Attributes,
  type AttributeValue,
  canonicalText,
  isAttributeName,
  MAX_ATTRIBUTE_BYTES,
  SPEC_VERSION,
} from './attributes.ts';
export {
  type CesqlError,
  CesqlExpression,
  CesqlParseError,
  cesqlTypeOf,
  type Evaluation,
  type ExplainedPart,
} from './cesql/index.ts';
export {
  CloudEventError,
  type CloudEventErrorCode,
  type CloudEventErrorStatus,
  FilterError,
  type FilterErrorCode,
} from './errors.ts';
export {
  attribute,
  type CloudEvent,
  contentTypeOf,
  type DataForm,
  dataAsJsonText,
  type EventInput,
  idOf,
  makeEvent,
  sourceOf,
  subjectOf,
  timeOf,
  typeOf,
} from './event.ts';
export { type ExplainedFilter, errorsOf, explainFilter } from './explain-filter.ts';
export { type Filter, matches, parseFilter, parseFilters, type TextDialect } from './filters.ts';
export {
  BATCH_MEDIA_TYPE,
  type ContentMode,
  carriesEvents,
  type DecodedMessage,
  type DecodeOptions,
  decodeHttp,
  type EncodedMessage,
  EVENT_MEDIA_TYPE,
  encodeBatch,
  encodeBinary,
  encodeStructured,
  type HeaderList,
  type HttpHeaders,
  isHeader,
} from './http.ts';
export { isJsonText } from './json.ts';
export { fromBatchText, fromJsonText, toBatchText, toJsonText } from './json-format.ts';
export { isTimestamp } from './timestamp.ts';
export { isUriReference } from './uri.ts';
export { decodeUtf8, encodeUtf8 } from './utf8.ts';
