using System.Net;
using System.Net.Sockets;

namespace Reel.Webhooks;

/// <summary>
/// The addresses that a URL given by a caller must not reach: all that is not public unicast, by IANA's special-purpose registries for
/// IPv4 and IPv6, and the addresses at which clouds serve credentials. IPv6 forms that carry an IPv4 address count as that one.
/// </summary>
public static class BlockedAddresses
{
    private static readonly (IPNetwork Network, string Kind)[] Metadata = Table(
        ("169.254.169.254/32", "a cloud's metadata service"),
        ("169.254.170.2/32", "a cloud's metadata service"),
        ("169.254.170.23/32", "a cloud's metadata service"),
        ("100.100.100.200/32", "a cloud's metadata service"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("192.0.0.192/32", "a cloud's metadata service"),
        ("fd00:ec2::254/128", "a cloud's metadata service"),
        ("fd00:ec2::23/128", "a cloud's metadata service"),
        ("fd20:ce::254/128", "a cloud's metadata service"));

    // Clouds serve credentials and identities at many of these addresses, and nothing that could be a receiver's is at any.
    private static readonly (IPNetwork Network, string Kind)[] LinkLocal = Table(
        ("169.254.0.0/16", "a link-local address"),
        ("fe80::/10", "a link-local address"),
        ("64:ff9b:1::/48", "a reserved address")); // Local NAT64: behind it may be any of them.

    private static readonly (IPNetwork Network, string Kind)[] Special = Table(
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier-grade NAT address"),
        ("127.0.0.0/8", "a loopback address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("255.255.255.255/32", "a broadcast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("fc00::/7", "a private address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/32", "a Teredo address"),
        ("2001:2::/48", "a benchmarking address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a documentation address"),
        ("3fff::/20", "a documentation address"));

    // Prefixes behind which an IPv4 address follows, and at which byte. 64:ff9b:1::/48 is not among them: where the address sits in it is
    // its operator's choice, so it can only be refused as a whole.
    private static readonly (IPNetwork Network, int Offset)[] Embedding =
    [
        (IPNetwork.Parse("::ffff:0:0/96"), 12),
        (IPNetwork.Parse("::ffff:0:0:0/96"), 12),
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>What kind of blocked address this is ("a private address"), or null when it is a public one.</summary>
    public static string? KindOf(IPAddress address)
    {
        var real = Unwrap(address);
        return Find(Metadata, real) ?? Find(LinkLocal, real) ?? Find(Special, real)
            ?? (real.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(real) ? "a reserved address" : null);
    }

    /// <summary>The same for metadata services and link-local addresses alone: what stays blocked where private networks are allowed.</summary>
    public static string? KindOfNeverAllowed(IPAddress address)
    {
        var real = Unwrap(address);
        return Find(Metadata, real) ?? Find(LinkLocal, real);
    }

    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;

        // Without its scope, which says nothing about where the address belongs.
        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes);
        foreach (var (network, offset) in Embedding)
        {
            if (network.Contains(plain)) return new IPAddress(bytes.AsSpan(offset, 4));
        }

        return plain;
    }

    private static string? Find((IPNetwork Network, string Kind)[] table, IPAddress address)
    {
        foreach (var (network, kind) in table)
        {
            if (network.Contains(address)) return kind;
        }

        return null;
    }

    private static (IPNetwork, string)[] Table(params (string Network, string Kind)[] rows) =>
        [.. rows.Select(row => (IPNetwork.Parse(row.Network), row.Kind))];
}
