import { BlockList, isIP } from 'node:net'

/**
 * Lists the IPv4 ranges outside the public internet, from IANA's special-purpose address registry.
 */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Lists the special ranges within 2000::/3, the public IPv6 block. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const refused4 = blockList(special4, 'ipv4')
const refused6 = blockList(special6, 'ipv6')
const global6 = blockList(['2000::/3'], 'ipv6')

/**
 * Returns whether an address is on the public internet. Private, loopback, link-local, shared and
 * multicast addresses are not public. IPv6 addresses that embed an IPv4 address are not public
 * either.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused4.check(address, 'ipv4')
    case 6:
      return global6.check(address, 'ipv6') && !refused6.check(address, 'ipv6')
    default:
      return false
  }
}

function blockList(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [net = '', prefix] = subnet.split('/')
    list.addSubnet(net, Number(prefix), family)
  }
  return list
}
