namespace Dapr.Actors.Communication;

/// <summary>The arguments of a remoting call.</summary>
public interface IActorRequestMessageBody
{
    /// <summary>Puts an argument in.</summary>
    void SetParameter(int position, string parameterName, object parameter);

    /// <summary>Takes an argument out.</summary>
    object GetParameter(int position, string parameterName, Type paramType);
}
