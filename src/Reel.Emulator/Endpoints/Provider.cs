using Reel.Emulator.Accounts;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Traffic;

namespace Reel.Emulator.Endpoints;

/// <summary>The parts of the emulated provider, and the token that ends everything that waits when it stops.</summary>
internal sealed record Provider(
    EmulatorOptions Options, ApiKeys Keys, Account Account, JobStore Jobs, FaultRules Rules, TrafficLog Traffic, Journal? Journal,
    CancellationToken Stopping)
{
    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();
}
