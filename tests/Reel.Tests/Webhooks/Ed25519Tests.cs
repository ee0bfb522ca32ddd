using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class Ed25519Tests
{
    /// <summary>Private key, public key, message, signature: RFC 8032, section 7.1, tests 1, 2, 3 and SHA(abc).</summary>
    public static TheoryData<string, string, string, string> Vectors => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_computes_what_the_standard_says(string seed, string publicKey, string message, string signature)
    {
        var (key, content) = (Convert.FromHexString(seed), Convert.FromHexString(message));

        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519.PublicKeyOf(key)));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519.Sign(key, Ed25519.PublicKeyOf(key), content)));
        Assert.True(Ed25519.Verify(Convert.FromHexString(publicKey), content, Convert.FromHexString(signature)));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_bit_changed_anywhere_is_seen(string seed, string publicKey, string message, string signature)
    {
        _ = seed;
        var (key, content, right) = (Convert.FromHexString(publicKey), Convert.FromHexString(message), Convert.FromHexString(signature));

        for (var bit = 0; bit < right.Length * 8; bit++)
        {
            var wrong = right.ToArray();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ed25519.Verify(key, content, wrong), $"bit {bit}");
        }

        Assert.False(Ed25519.Verify(key, [.. content, 0], right));
    }

    [Fact]
    public void What_is_no_signature_or_no_key_is_not_valid_and_throws_nothing()
    {
        var seed = new byte[Ed25519.KeyBytes];
        var publicKey = Ed25519.PublicKeyOf(seed);
        var signature = Ed25519.Sign(seed, publicKey, [1]);

        foreach (var length in (int[])[0, 1, 63, 65, 128]) Assert.False(Ed25519.Verify(publicKey, [1], new byte[length]));
        foreach (var length in (int[])[0, 31, 33]) Assert.False(Ed25519.Verify(new byte[length], [1], signature));
        Assert.False(Ed25519.Verify([.. Enumerable.Repeat((byte)0xff, Ed25519.KeyBytes)], [1], signature));
        Assert.False(Ed25519.Verify(publicKey, [1], new byte[Ed25519.SignatureBytes]));

        // The order of the group added to s: the same point, and RFC 8032 wants it refused.
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var malleable = signature.ToArray();
        for (int i = 0, carry = 0; i < order.Length; i++)
        {
            carry += malleable[Ed25519.KeyBytes + i] + order[i];
            malleable[Ed25519.KeyBytes + i] = (byte)carry;
            carry >>= 8;
        }

        Assert.False(Ed25519.Verify(publicKey, [1], malleable));
    }
}
