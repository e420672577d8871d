using Dapr.Jobs.Extensions;
using Ordering;
using Ordering.Api;
using Ordering.Contracts;
using Ordering.Domain;
using Ordering.Topics;
using ServiceDefaults;
using ServiceDefaults.Outbox;
using ServiceDefaults.Switches;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("ordering").AddUnitOfWork(
    OrderEvents.Describe,
    new PublishedEvents(OrderingEvents.Topic, OrderingEvents.Types),
    new PublishedEvents(CancellationEvents.Topic, CancellationEvents.Types));
builder.Services.AddDaprJobsClient();
var switches = new OrderingSwitches(ApprovalPolicy.From(builder.Configuration));
builder.Services.AddSingleton(switches);
builder.Services.AddFeatureSwitches(switches.ApprovalThreshold, switches.NewOrdersPaused);
builder.Services.AddSingleton<ApprovalDeadlines>();
builder.Services.AddSingleton<Orders>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapOrdersApi();
app.MapTopics();
app.MapApprovalDeadlines();
app.MapFeatureSwitches();
app.Run();
