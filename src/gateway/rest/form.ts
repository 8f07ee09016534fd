import { GatewayError } from '../errors.ts';
import type { GatewayRequest } from '../http.ts';
import { nameFiles } from './nameless-files.ts';

/**
 * The parts of a multipart body.
 * @param files parts that are files even without a file name
 */
export async function readForm(request: GatewayRequest, files: readonly string[] = []): Promise<FormData> {
  const contentType = String(request.headers['content-type'] ?? '');
  try {
    return await new Response(Buffer.from(nameFiles(request.body, contentType, files)), {
      headers: { 'content-type': contentType },
    }).formData();
  } catch {
    throw new GatewayError(
      'BAD_REQUEST',
      'The multipart body cannot be read; its boundary must be that of the Content-Type, with CRLF line ends.',
    );
  }
}
