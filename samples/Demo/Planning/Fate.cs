namespace Demo.Planning;

/// <summary>What is made to happen to an order. Both styles get the same orders with the same fates.</summary>
public enum Fate
{
    /// <summary>Nothing special; it may still meet an empty shelf, or wait for an approval because it is large.</summary>
    Plain,

    /// <summary>More pieces than there are.</summary>
    NotEnoughStock,

    /// <summary>The customer's account is blocked.</summary>
    CreditRefused,

    /// <summary>The payment provider declines.</summary>
    PaymentDeclined,

    /// <summary>The carrier refuses the address.</summary>
    CarrierRefuses,

    /// <summary>The provider fails to capture after the shipment is booked.</summary>
    CaptureFails,

    /// <summary>Provider and carrier answer 503 to the first request of every operation.</summary>
    FlakyPartners,

    /// <summary>A large order that a person approves.</summary>
    LargeApproved,

    /// <summary>A large order that nobody approves.</summary>
    LargeExpires,

    /// <summary>The customer cancels right away; before the capture it wins, after it the order completes and is refunded.</summary>
    Cancelled,

    /// <summary>Everything comes back after completion.</summary>
    ReturnedWhole,

    /// <summary>Some lines come back after completion.</summary>
    ReturnedPartly,

    /// <summary>The submit is sent twice with the same idempotency key.</summary>
    SubmittedTwice,
}
