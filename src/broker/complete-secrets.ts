import { type Secrets, type SinkCredential, secretMember } from './secrets.ts';
import type { SubscriptionRequest } from './subscription.ts';
import { SubscriptionError } from './subscription-error.ts';

/**
 * The secrets of a subscription that is created or replaced: what is given, else what is stored. A stored secret is
 * kept only as long as it goes to the same place, so that nobody who does not know it can have it sent elsewhere.
 * @throws SubscriptionError naming the secret that is missing
 */
export function completeSecrets(
  { body, secrets }: SubscriptionRequest,
  stored?: SubscriptionRequest,
): Secrets {
  const { sinkcredential, protocolsettings } = body;
  const kept = stored && sinkcredential && goesToTheSame({ body, secrets }, stored) ? stored.secrets : {};
  const credential = secrets.credential ?? kept.credential;
  if (sinkcredential && credential === undefined) {
    const rule = 'is required; one that is stored is kept only for the same user, sink and token endpoint';
    throw new SubscriptionError(`sinkcredential.${secretMember(sinkcredential)}`, rule);
  }
  const signed = protocolsettings?.hmac !== undefined;
  const hmac = secrets.hmac ?? stored?.secrets.hmac;
  if (signed && hmac === undefined)
    throw new SubscriptionError('protocolsettings.hmac.secret', 'is required: at least 24 bytes');
  return {
    ...(sinkcredential && credential !== undefined && { credential }),
    ...(signed && hmac !== undefined && { hmac }),
  };
}

function goesToTheSame({ body }: SubscriptionRequest, stored: SubscriptionRequest): boolean {
  const { sinkcredential } = stored.body;
  return (
    body.sinkcredential !== undefined &&
    sinkcredential !== undefined &&
    originOf(body.sink) === originOf(stored.body.sink) &&
    userOf(body.sinkcredential) === userOf(sinkcredential)
  );
}

function userOf(credential: SinkCredential): string {
  switch (credential.credentialtype) {
    case 'PLAIN':
      return JSON.stringify(['PLAIN', credential.identifier]);
    case 'ACCESSTOKEN':
      return 'ACCESSTOKEN';
    case 'CLIENTCREDENTIALS':
      return JSON.stringify(['CLIENTCREDENTIALS', credential.tokenendpoint, credential.clientid]);
  }
}

function originOf(address: string): string | undefined {
  return URL.parse(address)?.origin;
}
