using Dapr.Jobs.Extensions;
using Ordering;
using Ordering.Api;
using Ordering.Contracts;
using Ordering.Domain;
using Ordering.Topics;
using ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("ordering").AddUnitOfWork(OrderingEvents.Topic, OrderingEvents.Types, OrderEvents.Describe);
builder.Services.AddDaprJobsClient();
builder.Services.AddSingleton(ApprovalPolicy.From(builder.Configuration));
builder.Services.AddSingleton<ApprovalDeadlines>();
builder.Services.AddSingleton<Orders>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapOrdersApi();
app.MapTopics();
app.MapApprovalDeadlines();
app.Run();
