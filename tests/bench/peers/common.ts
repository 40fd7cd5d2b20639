/** What both peers share: the server of the samples, and where a local issuer stands in for Microsoft's. */
import restify from 'restify';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, type ActivityHandler } from 'botbuilder';

const { APP_ID: appId, METADATA_URL: metadata, PORT: port = '0' } = process.env;

/** As in the samples; with an issuer, the same addresses that Klankbord is given. Without one no token is asked. */
function authentication(): ConfigurationBotFrameworkAuthentication {
  if (!metadata) return new ConfigurationBotFrameworkAuthentication({});
  const credentials = {
    isValidAppId: async (id: string) => id === appId,
    isAuthenticationDisabled: async () => false,
    // A signer that costs nothing: replies do not fetch a token from Microsoft here.
    createCredentials: async () => ({
      signRequest: async (request: { headers: { set(name: string, value: string): void } }) => {
        request.headers.set('authorization', 'Bearer outbound');
        return request;
      },
    }),
  };
  return new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: appId,
      MicrosoftAppTenantId: 'bench',
      CallerId: 'urn:botframework:azure',
      ValidateAuthority: true,
      OAuthUrl: 'http://127.0.0.1:1/',
      ToChannelFromBotLoginUrl: 'http://127.0.0.1:1/',
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      ToBotFromChannelOpenIdMetadataUrl: metadata,
      ToBotFromEmulatorOpenIdMetadataUrl: metadata,
    } as never,
    credentials as never,
  );
}

/** index.js of the samples 02.echo-bot and 05.multi-turn-prompt. */
export function serve(bot: ActivityHandler): void {
  const adapter = new CloudAdapter(authentication());
  adapter.onTurnError = async (context, error) => {
    console.error(`\n [onTurnError] unhandled error: ${String(error)}`);
    await context.sendActivity('The bot encountered an error or bug.');
  };
  const server = restify.createServer();
  server.use(restify.plugins.bodyParser());
  server.post('/api/messages', async (req, res) => {
    await adapter.process(req as never, res as never, (context) => bot.run(context));
  });
  server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
}
