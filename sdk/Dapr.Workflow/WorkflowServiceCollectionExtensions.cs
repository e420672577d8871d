using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapr.Common.Serialization;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Serialization;
using Dapr.Workflow.Versioning;
using Dapr.Workflow.Worker;
using Dapr.Workflow.Worker.Execution;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow;

/// <summary>Registers the workflow client and the worker that runs this app's workflows and activities.</summary>
public static class WorkflowServiceCollectionExtensions
{
    /// <summary>Registers client and worker; the workflows and activities of the calling assembly and of the app's own are found by themselves.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IServiceCollection AddDaprWorkflow(this IServiceCollection services)
    {
        Add(services, Assembly.GetCallingAssembly(), null, null, ServiceLifetime.Singleton);
        return services;
    }

    /// <summary>As <see cref="AddDaprWorkflow(IServiceCollection)"/>, with registrations of one's own, which count first.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Registers workflows and activities.</param>
    /// <param name="lifetime">Lifetime of the client.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IServiceCollection AddDaprWorkflow(
        this IServiceCollection services, Action<WorkflowRuntimeOptions> configure, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Add(services, Assembly.GetCallingAssembly(), configure, null, lifetime);
        return services;
    }

    /// <summary>As <see cref="AddDaprWorkflow(IServiceCollection)"/>, with more to set.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configureRuntime">Registers workflows and activities.</param>
    /// <param name="configureClient">Sets addresses and serializer of the client.</param>
    /// <param name="lifetime">Lifetime of the client.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DaprWorkflowBuilder AddDaprWorkflowBuilder(
        this IServiceCollection services, Action<WorkflowRuntimeOptions>? configureRuntime,
        Action<IServiceProvider, DaprWorkflowClientBuilder>? configureClient = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        var settings = Add(services, Assembly.GetCallingAssembly(), configureRuntime, configureClient, lifetime);
        return new DaprWorkflowBuilder(services, settings);
    }

    private static WorkflowSettings Add(
        IServiceCollection services, Assembly caller, Action<WorkflowRuntimeOptions>? configure,
        Action<IServiceProvider, DaprWorkflowClientBuilder>? configureClient, ServiceLifetime lifetime)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.FirstOrDefault(service => service.ServiceType == typeof(WorkflowSettings))?.ImplementationInstance is not WorkflowSettings settings)
        {
            settings = new WorkflowSettings();
            services.AddSingleton(settings);
            services.AddLogging();
            services.TryAddSingleton<IWorkflowsFactory>(provider => CreateFactory(provider, settings));
            services.TryAddSingleton(provider => NamedVersions.Of(settings.Assemblies.SelectMany(WorkflowDiscovery.Find), provider));
            services.AddSingleton<IHostedService>(provider => CreateWorker(provider, settings));
        }
        settings.Assemblies.Add(caller);
        if (Assembly.GetEntryAssembly() is { } app)
            settings.Assemblies.Add(app);
        if (configure is not null)
            settings.Configure.Add(configure);
        services.TryAdd(new ServiceDescriptor(typeof(DaprWorkflowClient), provider => CreateClient(provider, settings, configureClient), lifetime));
        return settings;
    }

    private static WorkflowsFactory CreateFactory(IServiceProvider provider, WorkflowSettings settings)
    {
        var factory = new WorkflowsFactory(provider.GetRequiredService<ILogger<WorkflowsFactory>>());
        var options = new WorkflowRuntimeOptions();
        foreach (var configure in settings.Configure)
            configure(options);
        WorkflowAutoRegistry.Apply(options);
        if (provider.GetService<WorkflowVersioningOptions>() is not null)
            WorkflowVersioningRegistry.Apply(options, provider);
        options.ApplyRegistrations(factory);
        foreach (var (type, name) in settings.Assemblies.SelectMany(WorkflowDiscovery.Find))
            factory.RegisterDiscovered(type, name);
        return factory;
    }

    private static WorkflowWorker CreateWorker(IServiceProvider provider, WorkflowSettings settings)
    {
        var factory = provider.GetRequiredService<IWorkflowsFactory>();
        var logs = provider.GetRequiredService<ILoggerFactory>();
        var serializer = settings.Serializer(provider);
        var configuration = provider.GetService<IConfiguration>();
        var channel = DaprWorkflowClientBuilder.Connect(
            typeof(WorkflowWorker).Assembly, DaprDefaults.GetDefaultGrpcEndpoint(configuration), DaprDefaults.GetDefaultDaprApiToken(configuration),
            settings.MaxReceiveMessageSize, settings.MaxSendMessageSize);
        return new WorkflowWorker(
            channel, new WorkflowExecutor(factory, serializer, logs, provider.GetRequiredService<NamedVersions>()), new ActivityExecutor(factory, serializer, logs.CreateLogger<ActivityExecutor>()),
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetService<TimeProvider>() ?? TimeProvider.System, logs.CreateLogger<WorkflowWorker>());
    }

    private static DaprWorkflowClient CreateClient(IServiceProvider provider, WorkflowSettings settings, Action<IServiceProvider, DaprWorkflowClientBuilder>? configure)
    {
        var builder = new DaprWorkflowClientBuilder(provider.GetService<IConfiguration>())
        {
            Services = provider,
            MaxReceiveMessageSize = settings.MaxReceiveMessageSize,
            MaxSendMessageSize = settings.MaxSendMessageSize,
        };
        configure?.Invoke(provider, builder);
        return builder.Build();
    }

    /// <summary>Sets more of what <see cref="AddDaprWorkflowBuilder"/> has registered.</summary>
#pragma warning disable CA1815, CA1034 // the shape is Dapr's own
    public readonly struct DaprWorkflowBuilder : IDaprWorkflowBuilder
#pragma warning restore CA1815, CA1034
    {
        private readonly WorkflowSettings _settings;

        internal DaprWorkflowBuilder(IServiceCollection services, WorkflowSettings settings)
        {
            Services = services;
            _settings = settings;
        }

        /// <inheritdoc />
        public IServiceCollection Services { get; }

        /// <summary>Sets how the worker writes and reads payloads.</summary>
        public DaprWorkflowBuilder WithSerializer(IDaprSerializer serializer)
        {
            ArgumentNullException.ThrowIfNull(serializer);
            _settings.Serializer = _ => serializer;
            return this;
        }

        /// <summary>Sets the largest messages to take from and send to the sidecar, in bytes; null is the default.</summary>
        public DaprWorkflowBuilder WithGrpcMessageSizeLimits(int? maxReceiveMessageSize = null, int? maxSendMessageSize = null)
        {
            _settings.MaxReceiveMessageSize = maxReceiveMessageSize;
            _settings.MaxSendMessageSize = maxSendMessageSize;
            return this;
        }

        /// <summary>Sets how the worker writes and reads payloads, by a serializer from the services.</summary>
        public DaprWorkflowBuilder WithSerializer(Func<IServiceProvider, IWorkflowSerializer> serializerFactory)
        {
            ArgumentNullException.ThrowIfNull(serializerFactory);
            _settings.Serializer = serializerFactory;
            return this;
        }

        /// <summary>Has the worker write and read payloads as JSON with options of one's own.</summary>
        public DaprWorkflowBuilder WithJsonSerializer(JsonSerializerOptions jsonOptions) => WithSerializer(new JsonDaprSerializer(jsonOptions));
    }
}
