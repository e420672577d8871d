using Dapr.Workflow;
using OrderSaga;
using OrderSaga.Activities;
using OrderSaga.Returns;
using OrderSaga.Services;
using OrderSaga.Topics;
using ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("order-saga");
builder.Services.AddServiceApis();
builder.Services.AddSingleton(new SagaSettings(builder.Configuration.GetValue("Loyalty:Enabled", false)));
builder.Services.AddSingleton<Sagas>();
builder.Services.AddDaprWorkflow(options =>
{
    options.RegisterWorkflow<OrderWorkflow>();
    options.RegisterWorkflow<LoyalOrderWorkflow>();
    options.RegisterWorkflow<ReturnWorkflow>();
    options.RegisterActivities();
});
builder.Services.AddSingleton<IDaprWorkflowClient>(services => services.GetRequiredService<DaprWorkflowClient>());

var app = builder.Build();
app.MapServiceDefaults();
app.MapOrderingTopic();
app.Run();
