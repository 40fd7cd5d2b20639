/** The product's channel as it works in Teams, with a local issuer and the bench's connector for its addresses. */
import { createChannel as create, mayCall, type Channel, type ChannelOptions } from '../../../bot/channel.ts';

const { BENCH_APP_ID: appId = '', BENCH_METADATA_URL: metadataUrl = '' } = process.env;
const { BENCH_SERVICE_HOST: host = '', BENCH_TENANTS: tenants = '' } = process.env;

export { mayCall };

export function createChannel(options: ChannelOptions): Channel {
  const credentials = {
    isValidAppId: async (id: string) => id === appId,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({
      signRequest: async (request: { headers: { set(name: string, value: string): void } }) => {
        request.headers.set('authorization', 'Bearer outbound');
        return request;
      },
    }),
  };
  return create({
    ...options,
    mode: 'teams',
    app: { id: appId, type: 'SingleTenant', tenantId: 'bench', password: null },
    tenants: Array.from({ length: Number(tenants) }, (_, nth) => `tenant-${nth}`),
    issuer: { metadataUrl, credentials: credentials as never, serviceHosts: [host] },
  });
}
