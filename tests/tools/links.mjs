// Follows every link below ADDRESS with linkinator and ends with 1 if one is dead. Addresses elsewhere are not asked.
// The command line of linkinator sometimes stays after its work is done, waiting for connections that are kept alive.
import { LinkChecker } from 'linkinator';

const address = process.env.ADDRESS;
const origin = new URL(address).origin;
const result = await new LinkChecker().check({
  path: address,
  recurse: true,
  concurrency: 20,
  linksToSkip: async (link) => !link.startsWith(`${origin}/`),
});
const dead = result.links.filter((link) => link.state === 'BROKEN');
for (const link of dead) console.error(`${link.status} ${link.url} in ${link.parent}`);
const asked = result.links.filter((link) => link.state === 'OK').length;
console.log(`${asked} links lead somewhere, ${dead.length} do not`);
process.exit(dead.length > 0 || asked === 0 ? 1 : 0);
