/**
 * The channel: the only file that knows botbuilder's values. It lets activities in (who may speak to us, over which channel,
 * from which tenant), hands them to the conversation, and shapes the HTTP answer. Messages leave through bot/delivery.ts.
 */
import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
  type Activity,
  type ConfigurationBotFrameworkAuthenticationOptions,
  type TurnContext,
} from 'botbuilder';
import {
  EmulatorValidation,
  type AuthenticateRequestResult,
  type ConnectorFactory,
  type ServiceClientCredentialsFactory,
  type UserTokenClient,
} from 'botframework-connector';
import { readActivity, tenantOf, type InboundActivity } from './activity.ts';
import { isLoopback, type AppIdentity } from './config.ts';
import { GiveUp, Refused } from './errors.ts';
import { renderAnswer, renderOutgoing } from './render.ts';
import { createTokens, type Tokens } from './tokens.ts';
import type { Log } from './log.ts';
import type { InboxItem, Reference } from './store/types.ts';
import type { InvokeAnswer, Outgoing } from '../dialogs/ports.ts';

/** Exactly these: anybody can register a name under `*.trafficmanager.net`. Public cloud, GCC, GCC High, DoD. */
const SERVICE_HOSTS = new Set([
  'smba.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
]);
const CHANNEL_ISSUER = 'https://api.botframework.com';
const CHANNEL_SCOPE = 'https://api.botframework.com';
const LOGIN_URL = 'https://login.microsoftonline.com/botframework.com';

/** Whether a service address may be used: a known host of Teams over https; in local mode this machine only. */
export function mayCall(serviceUrl: string, mode: 'local' | 'teams'): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  const { protocol, hostname, port, username, password, search, hash } = new URL(serviceUrl);
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false;
  if (mode === 'local') return /^https?:$/.test(protocol) && isLoopback(hostname);
  return protocol === 'https:' && port === '' && SERVICE_HOSTS.has(hostname);
}

export interface ChannelOptions {
  readonly mode: 'local' | 'teams';
  /** null in local mode. */
  readonly app: AppIdentity | null;
  /** Tenants whose people are heard; not looked at in local mode. */
  readonly tenants: readonly string[];
  /** Stores the activity and gives the replies when they are wanted, and the answer to an invoke. Resolves only when it is durable. */
  readonly receive: (
    reference: Reference,
    item: InboxItem,
    options: { wantsReplies: boolean },
  ) => Promise<{ readonly replies: readonly Outgoing[]; readonly answer?: InvokeAnswer | undefined }>;
  readonly log: Log;
  readonly now?: () => number;
  /** For tests: where a local issuer stands in for Microsoft's, and what signs outgoing calls. */
  readonly issuer?: {
    readonly metadataUrl: string;
    readonly credentials: ServiceClientCredentialsFactory;
    readonly serviceHosts?: readonly string[];
  };
}

export interface Channel {
  /**
   * One activity from the door.
   * @throws Refused when it must not come in; RetryLater and others from `receive`.
   */
  readonly accept: (
    activity: InboundActivity,
    authorization: string,
  ) => Promise<{ status: number; body: unknown }>;
  /** Bearer token for the connector; null in local mode. */
  readonly token: () => Promise<string | null>;
  /** Whether the connector may be called at this address. */
  readonly mayCall: (serviceUrl: string) => boolean;
}

export function createChannel(options: ChannelOptions): Channel {
  const { mode, app, log, now = Date.now } = options;
  const credentials =
    options.issuer?.credentials ?? new ConfigurationServiceClientCredentialFactory(credentialSettings(app));
  const hosts = new Set(options.issuer?.serviceHosts ?? []);
  const allowed = (url: string) => mayCall(url, mode) || (URL.canParse(url) && hosts.has(new URL(url).host));
  const adapter = new Adapter(new GuardedAuthentication(options, credentials, allowed));

  return {
    mayCall: allowed,
    async accept(activity, authorization) {
      let answer: InvokeAnswer | undefined;
      const taken = await adapter.take(authorization, activity, async (context) => {
        const read = isPersonal(activity, mode) ? readActivity(activity, now()) : null;
        if (!read) {
          log.debug('activity_left', { activity: activity.type });
          return;
        }
        const wantsReplies = activity.deliveryMode === 'expectReplies';
        const received = await options.receive(read.reference, read.item, { wantsReplies });
        ({ answer } = received);
        if (!wantsReplies) return;
        for (const reply of received.replies) {
          const rendered = renderOutgoing(reply);
          if (rendered) await context.sendActivity(rendered as Partial<Activity>);
          else log.error('message_too_big', { conversation: read.reference.conversationId });
        }
      });
      // 501 is botbuilder's answer to an invoke that nobody answered.
      return activity.type === 'invoke' && activity.deliveryMode !== 'expectReplies'
        ? { status: 200, body: renderAnswer(activity.name ?? '', answer) }
        : taken;
    },
    async token() {
      if (!app) return null;
      const signer = await credentials.createCredentials(app.id, CHANNEL_SCOPE, LOGIN_URL, true);
      let header = '';
      const headers = { set: (_name: string, value: string) => void (header = value) };
      await signer.signRequest({ headers } as unknown as Parameters<typeof signer.signRequest>[0]);
      return header.replace(/^Bearer /, '') || null;
    },
  };
}

/** botbuilder's adapter without its HTTP shell, which prints errors and hands their messages to the caller. */
class Adapter extends CloudAdapter {
  async take(
    authorization: string,
    activity: InboundActivity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<{ status: number; body: unknown }> {
    const answer = await this.processActivity(authorization, activity as unknown as Activity, logic);
    return { status: answer?.status ?? 200, body: (answer?.body as unknown) ?? null };
  }
}

/**
 * botbuilder's authentication with the gaps closed: it would also take the bot's own outbound tokens, tokens of other
 * issuers and channels, and any service address. Only the Teams channel comes in, only for allowed tenants.
 */
class GuardedAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #options: ChannelOptions;
  readonly #mayCall: (serviceUrl: string) => boolean;
  readonly #tokens: Tokens<AuthenticateRequestResult>;

  constructor(
    options: ChannelOptions,
    credentials: ServiceClientCredentialsFactory,
    allowed: (url: string) => boolean,
  ) {
    super(settings(options), credentials);
    this.#options = options;
    this.#mayCall = allowed;
    this.#tokens = createTokens(options.now ?? Date.now);
  }

  override async authenticateRequest(activity: Activity, header: string): Promise<AuthenticateRequestResult> {
    const { mode, app, tenants } = this.#options;
    const inbound = activity as unknown as InboundActivity;
    const serviceUrl = inbound.serviceUrl ?? '';
    if (mode === 'local') {
      // Without tokens the address decides where answers go: this machine only.
      if (serviceUrl !== '' && !this.#mayCall(serviceUrl)) throw new Refused(403, 'service_url');
      return { ...(await super.authenticateRequest(activity, '')), connectorFactory: noConnector };
    }
    if (!app) throw new Refused(401, 'no_identity');
    const expected = { iss: CHANNEL_ISSUER, aud: app.id, serviceurl: serviceUrl };
    if (inbound.channelId !== 'msteams') throw new Refused(401, 'channel');
    if (serviceUrl === '' || !hasClaims(header, expected)) throw new Refused(401, 'claims');
    if (!this.#mayCall(serviceUrl)) throw new Refused(403, 'service_url');
    const known = this.#tokens.find([header, serviceUrl]);
    const verified = known ?? (await this.#verify(activity, header));
    const claim = (name: string) => verified.claimsIdentity.getClaimValue(name);
    if (!Object.entries(expected).every(([name, value]) => claim(name) === value))
      throw new Refused(401, 'claims');
    if (!known) this.#tokens.keep([header, serviceUrl], Number(claim('exp')) * 1000, verified);
    // The token says nothing about tenant and sender: they are believed only now that the channel itself has spoken.
    const tenant = tenantOf(inbound);
    if (tenant === null || !tenants.includes(tenant)) throw new Refused(403, 'tenant');
    return { ...verified, connectorFactory: noConnector };
  }

  async #verify(activity: Activity, header: string): Promise<AuthenticateRequestResult> {
    const known = EMULATOR_ISSUERS.length;
    try {
      return await super.authenticateRequest(activity, header);
    } catch (error) {
      const { name, statusCode } = error as { name?: string; statusCode?: number };
      // Microsoft's keys cannot be fetched: not the sender's fault, and Teams should send it again.
      if (name === 'FetchError' || (statusCode !== undefined && statusCode >= 500))
        throw new Refused(503, 'keys_unavailable');
      throw new Refused(401, 'token');
    } finally {
      // botbuilder adds four issuers to this list for every tenant named by anybody, unverified, for good.
      EMULATOR_ISSUERS.length = Math.min(EMULATOR_ISSUERS.length, known, KNOWN_ISSUERS);
    }
  }

  // Never used: sign-in cards are not ours, and building the client takes time in every turn.
  override createUserTokenClient(): Promise<UserTokenClient> {
    return Promise.resolve({} as UserTokenClient);
  }

  override createConnectorFactory(): ConnectorFactory {
    return noConnector;
  }

  override authenticateChannelRequest(): never {
    throw new Refused(401, 'channel');
  }

  override authenticateStreamingRequest(): never {
    throw new Refused(401, 'channel');
  }
}

const EMULATOR_ISSUERS = EmulatorValidation.ToBotFromEmulatorTokenValidationParameters.issuer as string[];
const KNOWN_ISSUERS = EMULATOR_ISSUERS.length;

/** A turn never sends by itself: messages go through the outbox, after the commit. */
const noConnector = {
  create: () =>
    Promise.resolve(
      new Proxy(
        {},
        {
          get: (_target, name) => {
            // A promise resolved with this object asks for `then`.
            if (name === 'then') return undefined;
            throw new GiveUp('outbox_only', 'messages leave through the outbox');
          },
        },
      ),
    ),
} as unknown as ConnectorFactory;

function settings(options: ChannelOptions): ConfigurationBotFrameworkAuthenticationOptions {
  const { app, issuer } = options;
  if (!issuer) return credentialSettings(app);
  return {
    ...credentialSettings(app),
    CallerId: 'urn:botframework:azure',
    ValidateAuthority: true,
    OAuthUrl: 'http://127.0.0.1:1/',
    ToChannelFromBotLoginUrl: 'http://127.0.0.1:1/',
    ToChannelFromBotOAuthScope: CHANNEL_SCOPE,
    ToBotFromChannelTokenIssuer: CHANNEL_ISSUER,
    ToBotFromChannelOpenIdMetadataUrl: issuer.metadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: issuer.metadataUrl,
  };
}

function credentialSettings(app: AppIdentity | null): Record<string, string> {
  if (!app) return {};
  return {
    MicrosoftAppId: app.id,
    MicrosoftAppType: app.type,
    MicrosoftAppTenantId: app.tenantId,
    ...(app.password ? { MicrosoftAppPassword: app.password.reveal() } : {}),
  };
}

/** Looks at an unverified token, to turn away what would lead botbuilder into another kind of check. */
function hasClaims(header: string, expected: Readonly<Record<string, string>>): boolean {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(header);
  if (!token || header.length > 16_384) return false;
  try {
    const [head, claims] = [token[1], token[2]].map(
      (part) =>
        JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Record<string, unknown> | null,
    );
    if (typeof head?.['alg'] !== 'string' || !/^RS(256|384|512)$/.test(head['alg'])) return false;
    return Object.entries(expected).every(([name, value]) => claims?.[name] === value);
  } catch {
    return false;
  }
}

/** An interview is between two: what is said in a group or a channel of a team is not ours to hear. */
function isPersonal(activity: InboundActivity, mode: 'local' | 'teams'): boolean {
  const type = activity.conversation?.conversationType;
  return type === 'personal' || (mode === 'local' && (type === undefined || type === null));
}
