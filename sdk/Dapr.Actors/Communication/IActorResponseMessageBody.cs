namespace Dapr.Actors.Communication;

/// <summary>The result of a remoting call.</summary>
public interface IActorResponseMessageBody
{
    /// <summary>Puts the result in.</summary>
    void Set(object response);

    /// <summary>Takes the result out.</summary>
    object Get(Type paramType);
}
