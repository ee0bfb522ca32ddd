namespace Reel.Emulator.Accounts;

/// <summary>The one account's balance in US dollars. A job is charged when it is accepted, and gets its money back when it fails.</summary>
internal sealed class Account(decimal balance)
{
    private readonly Lock gate = new();
    private decimal balance = balance;

    public decimal Balance
    {
        get { lock (gate) return balance; }
        set { lock (gate) balance = value; }
    }

    /// <summary>Takes the price if the balance covers it; either way says what the balance then is.</summary>
    public bool TryCharge(decimal price, out decimal remaining)
    {
        lock (gate)
        {
            var covered = price <= balance;
            if (covered) balance -= price;
            remaining = balance;
            return covered;
        }
    }

    public void Add(decimal amount)
    {
        lock (gate) balance += amount;
    }
}
