using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Reel.Videos;

/// <summary>The settings <c>Videos__*</c>.</summary>
public sealed partial class VideoOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Videos";

    /// <summary>
    /// The most for <see cref="DownloadTimeout"/>. With <see cref="LongestStall"/> and some minutes for the storage it stays below the functionTimeout of
    /// host.json: a function that goes on beyond that has its process killed, and with it the submits that are under way there.
    /// </summary>
    public static readonly TimeSpan LongestDownload = TimeSpan.FromMinutes(45);

    /// <summary>The most for <see cref="StallTimeout"/>.</summary>
    public static readonly TimeSpan LongestStall = TimeSpan.FromMinutes(10);

    /// <summary>The container the videos go to; made when missing, and private.</summary>
    [Required(ErrorMessage = "Videos__Container must name a container")]
    public string Container { get; set; } = "videos";

    /// <summary>
    /// How long a minted link works: 1 minute to 7 days. Without an account key Azure signs for seven days at most, counted from when it was
    /// asked: there a link works for no longer than 6.21:55:00, whatever is set here.
    /// </summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a video is kept, from when it was saved; 1 day to 10 years. Null: for ever.</summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>The longest video that is saved, in bytes: 1 byte to 190 GiB (50,000 blocks of 4 MiB), by default 4 GiB. A body that goes on is given up.</summary>
    public long MaxLength { get; set; } = 4L << 30;

    /// <summary>How long the provider may send nothing, or next to nothing, until another connection is tried; 1 second to 10 minutes.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a save may download in all, 1 minute to <see cref="LongestDownload"/>: a body that trickles never stalls. What takes longer begins anew
    /// in the next try.
    /// </summary>
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ContainerName().IsMatch(Container))
            yield return new("Videos__Container must have 3 to 63 lower-case letters, digits and single hyphens, and begin and end with a letter or digit");
        if (LinkLifetime < TimeSpan.FromMinutes(1) || LinkLifetime > TimeSpan.FromDays(7))
            yield return new("Videos__LinkLifetime must be between 00:01:00 (one minute) and 7.00:00:00 (seven days)");
        if (Retention < TimeSpan.FromDays(1) || Retention > TimeSpan.FromDays(3650))
            yield return new("Videos__Retention must be between 1.00:00:00 (one day) and 3650.00:00:00, or not set");
        if (MaxLength is < 1 or > 190L << 30)
            yield return new("Videos__MaxLength must be between 1 and 204010946560 bytes (190 GiB)");
        if (StallTimeout < TimeSpan.FromSeconds(1) || StallTimeout > LongestStall)
            yield return new("Videos__StallTimeout must be between 00:00:01 and 00:10:00");
        if (DownloadTimeout < TimeSpan.FromMinutes(1) || DownloadTimeout > LongestDownload)
            yield return new("Videos__DownloadTimeout must be between 00:01:00 and 00:45:00");
    }

    /// <summary>Azure's rule for container names. The special names $root, $web and $logs are no place for videos.</summary>
    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex ContainerName();
}
