namespace Dapr.Client;

/// <summary>How a state store is to treat one operation. Null leaves the choice to the store.</summary>
public class StateOptions
{
    /// <summary>When the operation counts as done.</summary>
    public ConsistencyMode? Consistency { get; set; }

    /// <summary>Who wins when two write.</summary>
    public ConcurrencyMode? Concurrency { get; set; }
}

/// <summary>When a write is visible.</summary>
public enum ConsistencyMode
{
    /// <summary>Some time later.</summary>
    Eventual,

    /// <summary>At once, everywhere.</summary>
    Strong,
}

/// <summary>Who wins when two write the same key.</summary>
public enum ConcurrencyMode
{
    /// <summary>The first: a write without a current ETag fails, and a write without any ETag only inserts.</summary>
    FirstWrite,

    /// <summary>The last.</summary>
    LastWrite,
}

/// <summary>What an operation of a state transaction does.</summary>
public enum StateOperationType
{
    /// <summary>Writes the value.</summary>
    Upsert,

    /// <summary>Deletes the key.</summary>
    Delete,
}
