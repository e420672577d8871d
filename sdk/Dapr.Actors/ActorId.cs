using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using Dapr.Actors.Seralization;

namespace Dapr.Actors;

/// <summary>Which actor of its type. In JSON it is a string. Two ids that differ by case only are equal here, though not to the sidecar.</summary>
[JsonConverter(typeof(ActorIdJsonConverter))]
[DataContract(Name = "ActorId")]
public class ActorId
{
    [DataMember(Name = "ActorId", Order = 0, IsRequired = true)]
    private readonly string value;

    /// <summary>The id <paramref name="id"/>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public ActorId(string id)
    {
        if (string.IsNullOrWhiteSpace(id))
            throw new ArgumentException("The value cannot be null, empty or white spaces.", nameof(id));

        value = id;
    }

    /// <summary>Whether both are the same id.</summary>
    public static bool operator ==(ActorId id1, ActorId id2) => id1 is null ? id2 is null : id1.Equals(id2);

    /// <summary>Whether they are different ids.</summary>
    public static bool operator !=(ActorId id1, ActorId id2) => !(id1 == id2);

    /// <summary>An id that nobody else has.</summary>
    public static ActorId CreateRandom() => new(Guid.NewGuid().ToString());

    /// <summary>The id as text.</summary>
    public string GetId() => value;

    /// <inheritdoc/>
    public override string ToString() => value;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(value);

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is ActorId other && Equals(other);

    /// <summary>Whether <paramref name="other"/> is the same id.</summary>
    public bool Equals(ActorId other) => other is not null && string.Equals(value, other.value, StringComparison.OrdinalIgnoreCase);

    /// <summary>Order by text.</summary>
    public int CompareTo(ActorId other) => other is null ? 1 : string.Compare(value, other.value, StringComparison.OrdinalIgnoreCase);
}
