import { json, type Route } from '../http.ts';
import { operation } from './command.ts';
import { TENANT } from './context.ts';
import { SHOWN, shown, shownList } from './schema.ts';

/** Who is asking: everybody who reaches the port is the same, and may do everything. */
export function authenticationRoutes(): Route[] {
  return [
    operation({
      id: 'getAuthentication',
      tag: 'Authentication',
      summary: 'Tells who is asking.',
      method: 'GET',
      path: '/v2/authentication/me',
      answers: {
        200: shown({
          username: SHOWN.text,
          displayName: SHOWN.nullableText,
          email: SHOWN.nullableText,
          authorizedComponents: SHOWN.texts,
          tenants: shownList(
            shown({ tenantId: SHOWN.text, name: SHOWN.text, description: SHOWN.nullableText }),
          ),
          groups: SHOWN.texts,
          roles: SHOWN.texts,
          salesPlanType: SHOWN.nullableText,
          c8Links: SHOWN.object,
          canLogout: SHOWN.flag,
        }),
      },
      answer: () =>
        json(200, {
          username: 'anonymous',
          displayName: null,
          email: null,
          authorizedComponents: ['*'],
          tenants: [{ tenantId: TENANT, name: 'Default', description: null }],
          groups: [],
          roles: [],
          salesPlanType: null,
          c8Links: {},
          canLogout: false,
        }),
    }),
  ];
}
