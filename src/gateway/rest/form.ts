import { GatewayError } from '../errors.ts';
import type { GatewayRequest } from '../http.ts';

/** The parts of a multipart body. */
export async function readForm(request: GatewayRequest): Promise<FormData> {
  const contentType = String(request.headers['content-type'] ?? '');
  try {
    return await new Response(Buffer.from(request.body), {
      headers: { 'content-type': contentType },
    }).formData();
  } catch {
    throw new GatewayError(
      'BAD_REQUEST',
      'The multipart body cannot be read; its boundary must be that of the Content-Type, with CRLF line ends.',
    );
  }
}
